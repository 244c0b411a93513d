"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { ApiError } from "#lib/client/api-error.ts";
import { followOperation } from "#lib/client/follow-operation.ts";
import { activateServer, isUnderWay } from "#lib/client/queries/deployments.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import { createServer, updateServer } from "#lib/client/queries/servers.ts";
import { NameAndSlugFields } from "./name-and-slug-fields.tsx";
import { useNameAndSlug } from "./use-name-and-slug.ts";

/** Creates a connected server and activates it, which needs a `tools/list` that works. */
export function NewConnectedServerForm({ mcpUrlPrefix }: { mcpUrlPrefix: string }) {
  const { slug: org } = useOrganization();
  const router = useRouter();
  const queryClient = useQueryClient();
  const names = useNameAndSlug();
  const [upstreamUrl, setUpstreamUrl] = useState("");
  /** The server that an earlier attempt made; the next attempt only corrects its URL. */
  const [created, setCreated] = useState<string | null>(null);
  const createDraft = async () => {
    const input = { kind: "connected", name: names.name.trim(), slug: names.slug, upstreamUrl } as const;
    const { slug } = await createServer(org, input);
    setCreated(slug);
    return slug;
  };
  const connect = useMutation({
    mutationFn: async () => {
      if (created !== null) await updateServer(org, created, { upstreamUrl });
      const slug = created ?? (await createDraft());
      const ended = await followOperation(queryClient, org, slug, await activateServer(org, slug));
      if (ended.state !== "succeeded" && !isUnderWay(ended)) {
        throw new Error(ended.error ?? `The activation was ${ended.state}.`);
      }
      return slug;
    },
    onSuccess: (slug) => {
      notify.success(`${names.name.trim()} is connected`);
      router.push(`/${org}/servers/${slug}`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
  const errorOf = (field: string) =>
    connect.error instanceof ApiError ? connect.error.fieldError(field) : null;
  const hasFieldError = ["name", "slug", "upstreamUrl"].some((field) => errorOf(field) !== null);
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!connect.isPending) connect.mutate();
      }}
    >
      <NameAndSlugFields
        value={names}
        mcpUrlPrefix={mcpUrlPrefix}
        disabled={connect.isPending || created !== null}
        errorOf={errorOf}
      />
      <Field
        label="Upstream URL"
        hint="Its Streamable HTTP endpoint. It must answer tools/list before it is activated."
        error={errorOf("upstreamUrl")}
      >
        {(control) => (
          <Input
            {...control}
            type="url"
            value={upstreamUrl}
            onChange={(event) => setUpstreamUrl(event.target.value)}
            placeholder="https://mcp.example.com/mcp"
            required
            spellCheck={false}
            disabled={connect.isPending}
            className="font-mono"
          />
        )}
      </Field>
      {connect.error && !hasFieldError ? (
        created ? (
          <div role="alert" className="grid gap-1.5">
            <p className="font-medium text-fail">It is kept as a draft, because the upstream did not pass:</p>
            <CodeBlock
              code={messageOf(connect.error)}
              label="error message"
              wrap
              className="border-fail/40"
            />
          </div>
        ) : (
          <Notice tone="fail">{messageOf(connect.error)}</Notice>
        )
      ) : null}
      <div className="flex flex-wrap items-center justify-end gap-2 border-t pt-4">
        {connect.isError && created ? (
          <Button variant="ghost" onClick={() => router.push(`/${org}/servers/${created}/hosting`)}>
            Go to the draft
          </Button>
        ) : null}
        <Button type="submit" variant="primary" pending={connect.isPending}>
          {connect.isError ? "Try again" : "Connect"}
        </Button>
      </div>
    </form>
  );
}
