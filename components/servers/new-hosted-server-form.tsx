"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { ApiError } from "#lib/client/api-error.ts";
import { createServer } from "#lib/client/queries/servers.ts";
import { BundleInput, bundleProblem } from "./bundle-input.tsx";
import { NameAndSlugFields } from "./name-and-slug-fields.tsx";
import { nextVersion } from "./next-version.ts";
import { PublishProgress } from "./publish-progress.tsx";
import { useNameAndSlug } from "./use-name-and-slug.ts";
import { usePublishBundle } from "./use-publish-bundle.ts";

const SMALLEST_SERVER = `export default {
  async fetch(request, env) {
    const { id, method } = await request.json();
    console.log("got", method);
    return Response.json({ jsonrpc: "2.0", id, result: { tools: [] } });
  },
};`;

/** Creates a hosted server and publishes its first version in one go. A refused bundle keeps the server as a draft. */
export function NewHostedServerForm({ mcpUrlPrefix }: { mcpUrlPrefix: string }) {
  const { slug: org } = useOrganization();
  const router = useRouter();
  const names = useNameAndSlug();
  const publish = usePublishBundle(org);
  const [file, setFile] = useState<File | null>(null);
  const [typedSemver, setSemver] = useState("1.0.0");
  const [attempted, setAttempted] = useState<string | null>(null);
  /** The server that an earlier attempt made; the next attempt goes on with it. */
  const [created, setCreated] = useState<string | null>(null);
  const problem = file ? bundleProblem(file) : null;
  const { failure } = publish;
  // A refused version stays stored and never changes: the field moves on to the next one by itself.
  const isSpent = failure?.versionUsed === true && attempted === typedSemver;
  const semver = isSpent ? nextVersion([{ semver: typedSemver }]) : typedSemver;
  const errorOf = (field: string) =>
    failure?.error instanceof ApiError ? failure.error.fieldError(field) : null;

  const prepare = async () => {
    const server = await createServer(org, { kind: "hosted", name: names.name.trim(), slug: names.slug });
    setCreated(server.slug);
    return server.slug;
  };
  const submit = async () => {
    if (!file || problem) return;
    setSemver(semver);
    setAttempted(semver);
    const server = await publish.run({ semver, file, prepare: created ?? prepare });
    if (server === null) return;
    notify.success(`${names.name.trim()} ${semver} is serving`);
    router.push(`/${org}/servers/${server}`);
  };
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <NameAndSlugFields
        value={names}
        mcpUrlPrefix={mcpUrlPrefix}
        disabled={publish.isRunning || created !== null}
        errorOf={errorOf}
      />
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_9rem]">
        <Field label="Bundle" error={problem}>
          {(control) => (
            <BundleInput control={control} file={file} disabled={publish.isRunning} onChange={setFile} />
          )}
        </Field>
        <Field
          label="Version"
          error={isSpent ? null : errorOf("version")}
          hint={isSpent ? `${attempted} is stored already.` : undefined}
        >
          {(control) => (
            <Input
              {...control}
              value={semver}
              onChange={(event) => setSemver(event.target.value)}
              required
              spellCheck={false}
              disabled={publish.isRunning}
              className="font-mono"
            />
          )}
        </Field>
      </div>
      <details className="text-muted">
        <summary className="w-fit rounded-sm hover:text-fg">What does a bundle look like?</summary>
        <div className="mt-2 grid gap-2">
          <p>
            One ES module whose default export has <code className="text-xs">fetch(request, env)</code>, with
            all it needs bundled in, for example by esbuild; or a zip with such a module named{" "}
            <code className="text-xs">main.js</code>. Environment variables arrive in{" "}
            <code className="text-xs">env</code>.
          </p>
          <CodeBlock code={SMALLEST_SERVER} label="smallest server" />
        </div>
      </details>
      <PublishProgress steps={publish.steps} operation={publish.operation} failure={failure} />
      <div className="flex flex-wrap items-center justify-end gap-2 border-t pt-4">
        {failure && created ? (
          <Button variant="ghost" onClick={() => router.push(`/${org}/servers/${created}/hosting`)}>
            Go to the draft
          </Button>
        ) : null}
        <Button
          type="submit"
          variant="primary"
          disabled={!file || problem !== null}
          pending={publish.isRunning}
        >
          {failure ? "Try again" : "Create and publish"}
        </Button>
      </div>
    </form>
  );
}
