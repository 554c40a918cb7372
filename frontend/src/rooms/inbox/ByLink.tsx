import { t } from "@lingui/core/macro";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api } from "~/api/client";
import { said } from "~/core/run/command";
import { Approval } from "./Approval";
import { Question } from "./Question";
import type { AskedOf } from "./Sheet";

/** One question, for whoever has the link to it, and nothing else of what is here. */
export function ByLink() {
  const { token } = useParams({ from: "/answer/$token" });
  const [asked, setAsked] = useState<AskedOf | null>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    let wanted = true;
    const look = async () => {
      try {
        const { data } = await api.GET("/api/answers/{token}", { params: { path: { token } } });
        if (wanted && data) setAsked(entryOf(data, token));
      } catch (error) {
        if (wanted) setWords(said(error));
      }
    };
    void look();
    return () => {
      wanted = false;
    };
  }, [token]);
  const Form = asked?.kind === "approval" ? Approval : Question;
  return (
    <main className="flex h-dvh flex-col bg-paper">
      <h1 className="border-b border-line bg-panel px-6 py-3.5 text-sm font-[650]">{t`A question for you`}</h1>
      {asked && !words ? (
        <Form entry={asked} head={null} foot={null} onAnswered={(told) => setWords(`${told} ${t`Thank you.`}`)} />
      ) : (
        <p role="status" className="max-w-[760px] px-6 py-5 text-[15px]/[1.55]">
          {words || t`Looking for the question …`}
        </p>
      )}
    </main>
  );
}

function entryOf(question: { kind: string; deadline: string | null; draft: string | null }, token: string): AskedOf {
  return {
    execution_id: "",
    workflow_id: null,
    workflow_name: "",
    node_id: "",
    node: "",
    scope: "",
    kind: question.kind === "approval" ? "approval" : "human",
    since: null,
    assignee: null,
    deadline: question.deadline,
    request: question,
    token,
  };
}
