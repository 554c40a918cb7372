/** What the chat shows. It lives in the address. */
export interface Talk {
  thread?: string;
  workflow?: string;
}

export function readTalk(search: Record<string, unknown>): Talk {
  const { thread, workflow } = search;
  return {
    ...(typeof thread === "string" && /^[a-z0-9]{8,20}$/.test(thread) ? { thread } : {}),
    ...(typeof workflow === "string" && workflow ? { workflow } : {}),
  };
}
