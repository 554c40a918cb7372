/** The way to the server: `api` for calls, `server` for queries of components. Errors arrive as `ApiError`. */
import createFetch, { type Middleware } from "openapi-fetch";
import createQueries from "openapi-react-query";
import type { paths } from "./schema";
import type { Problem } from "./types";

/** What the server answered instead, or that it did not answer (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly problems: Problem[] = [],
    readonly body: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

const raising: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    throw await errorOf(response);
  },
  onError() {
    return new ApiError(0, "unreachable", "The server does not answer.", "Is it still running?");
  },
};

export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => ({}));
  const found = isObject(body) ? body : {};
  const text = (key: string, otherwise: string) => (typeof found[key] === "string" ? found[key] : otherwise);
  const problems = Array.isArray(found.problems) ? (found.problems as Problem[]) : [];
  return new ApiError(
    response.status,
    text("code", "unknown"),
    text("detail", text("title", response.statusText)),
    text("hint", ""),
    problems,
    found,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const api = createFetch<paths>({ baseUrl: "" });
api.use(raising);

export const server = createQueries(api);
