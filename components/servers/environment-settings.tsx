"use client";

import { type EntryKind, WriteOnlyEntries } from "./write-only-entries.tsx";

const VARIABLES: EntryKind = {
  field: "environment",
  id: "environment",
  title: "Environment variables",
  emptyTitle: "No variables",
  empty: (
    <>
      The code of this server gets them in <code className="text-xs">env</code>.
    </>
  ),
  newLabel: "New variable",
  placeholder: "API_KEY",
  pattern: "[A-Za-z_][A-Za-z0-9_]*",
  patternHint: "Letters, digits and underscores, not starting with a digit",
  nameCharactersMax: 128,
  valueCharactersMax: 32_768,
  valueRows: "many",
  savedNote: "The runtime restarts with it; calls in flight finish first.",
  removeText: "The code of this server no longer gets it from its next start on.",
};

/** Environment variables of a hosted server. */
export function EnvironmentSettings({ readOnly }: { readOnly: boolean }) {
  return <WriteOnlyEntries kind={VARIABLES} readOnly={readOnly} />;
}
