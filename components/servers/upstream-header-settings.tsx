"use client";

import { type EntryKind, WriteOnlyEntries } from "./write-only-entries.tsx";

const HEADERS: EntryKind = {
  field: "upstreamHeaders",
  id: "upstream-headers",
  title: "Upstream headers",
  emptyTitle: "No headers",
  empty:
    "Every call to the upstream carries them, for example the credential that it wants. Callers never see them.",
  newLabel: "New header",
  placeholder: "authorization",
  pattern: "[A-Za-z0-9!#$%&'*+.^_`\\|~\\-]+",
  patternHint: "The characters of an HTTP header name",
  nameCharactersMax: 100,
  valueCharactersMax: 8_192,
  valueRows: "one",
  savedNote: "New calls carry it within two seconds.",
  removeText: "Calls to the upstream no longer carry it.",
};

/** Headers that a connected server's upstream wants. */
export function UpstreamHeaderSettings({ readOnly }: { readOnly: boolean }) {
  return <WriteOnlyEntries kind={HEADERS} readOnly={readOnly} />;
}
