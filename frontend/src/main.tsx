import "./styles/app.css";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { followSystem } from "./core/appearance";
import { Messages } from "./core/messages";
import { router } from "./routes";

// English is in the code and compiled as it is shown; catalogues of other languages are loaded here.
const messages = new Messages(
  async () => (await import("@lingui/message-utils/compileMessage")).compileMessage,
  () => {
    i18n.load("en", {});
    i18n.activate("en");
  },
);
i18n.setMessagesCompiler(messages.compile);
i18n.load("en", {});
i18n.activate("en");
followSystem();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refused it will refuse again; that it was away may be over.
      retry: (count, error) => error instanceof ApiError && error.status === 0 && count < 2,
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
}
