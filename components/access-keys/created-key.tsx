import type { ReactNode } from "react";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import type { CreatedAccessKey } from "#lib/contract/index.ts";

interface CreatedKeyProps {
  created: CreatedAccessKey;
  /** What is shown below the secret: how to use it. */
  usage: (created: CreatedAccessKey) => ReactNode;
}

/** The rest of a dialog that has made a key: its secret, this one time, and how to use it. */
export const CreatedKey = ({ created, usage }: CreatedKeyProps) => (
  <ShownOnce>
    <SecretOnce value={created.secret} label="key" />
    {usage(created)}
  </ShownOnce>
);
