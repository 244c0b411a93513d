"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfField } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { versionsQuery } from "#lib/client/queries/deployments.ts";
import { BundleInput, bundleProblem } from "./bundle-input.tsx";
import { nextVersion } from "./next-version.ts";
import { PublishProgress } from "./publish-progress.tsx";
import { useServer } from "./server-context.tsx";
import { usePublishBundle } from "./use-publish-bundle.ts";

/** Uploads a new version of the page's server and publishes it. */
export function UploadVersionDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title="Publish a new version"
        description="It starts apart from all traffic first. If it does not pass the release gate, nothing changes."
      >
        <UploadVersionForm onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function UploadVersionForm({ onDone }: { onDone: () => void }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const versions = useQuery(versionsQuery(org, server.slug));
  const suggested = nextVersion(versions.data ?? []);
  const publish = usePublishBundle(org);
  const [file, setFile] = useState<File | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const problem = file ? bundleProblem(file) : null;
  // After a refusal the stored version is spent; the field moves on to the next one by itself.
  const semver =
    typed !== null && !(publish.failure?.versionUsed && isTaken(versions.data, typed)) ? typed : suggested;
  const submit = async () => {
    if (!file || problem) return;
    setTyped(semver);
    const done = await publish.run({ semver, file, prepare: server.slug });
    if (done === null) return;
    notify.success(`${server.name} ${semver} is serving`);
    onDone();
  };
  return (
    <DialogForm
      submit={`Publish ${semver}`}
      cancel={publish.isRunning ? "Close, keep publishing" : "Cancel"}
      disabled={file === null || problem !== null}
      pending={publish.isRunning}
      onSubmit={() => void submit()}
    >
      <Field label="Bundle" error={problem}>
        {(control) => (
          <BundleInput control={control} file={file} disabled={publish.isRunning} onChange={setFile} />
        )}
      </Field>
      <Field
        label="Version"
        hint="A version never changes once it is stored."
        error={errorOfField(publish.failure?.error, "version")}
      >
        {(control) => (
          <Input
            {...control}
            value={semver}
            onChange={(event) => setTyped(event.target.value)}
            disabled={publish.isRunning}
            required
            spellCheck={false}
            className="max-w-40 font-mono"
          />
        )}
      </Field>
      <PublishProgress steps={publish.steps} operation={publish.operation} failure={publish.failure} />
    </DialogForm>
  );
}

const isTaken = (versions: readonly { semver: string }[] | undefined, semver: string): boolean =>
  versions?.some((version) => version.semver === semver) ?? false;
