/** The mark: a track that parts in two. */
export function Mark() {
  return (
    <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
      <path d="M2 18.5H24M2 18.5H9L17 8H24" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinejoin="round" />
      <circle cx="9" cy="18.5" r="3.4" fill="var(--signal)" stroke="var(--rail)" strokeWidth="1.6" />
    </svg>
  );
}
