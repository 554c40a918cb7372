import { t } from "@lingui/core/macro";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { Button } from "./Button";

interface Props {
  name: string;
  children: ReactNode;
}

/** What breaks inside it breaks alone: the panel says so, the rest of the room goes on. */
export class Panel extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(`${this.props.name} broke`, error, info.componentStack);
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div role="alert" className="flex h-full flex-col items-start gap-2 overflow-auto bg-panel p-4">
        <p className="font-semibold">{t`This part broke: ${this.props.name}`}</p>
        <p className="font-mono text-xs text-ink-3">{error.message}</p>
        <Button size="small" onClick={() => this.setState({ error: null })}>
          {t`Try again`}
        </Button>
      </div>
    );
  }
}
