"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { ApiError } from "#lib/client/api-error.ts";
import { followOperation } from "#lib/client/follow-operation.ts";
import { publishVersion, uploadVersion } from "#lib/client/queries/deployments.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import type { Operation } from "#lib/contract/index.ts";

export interface PublishStep {
  name: "create" | "upload" | "publish";
  state: "pending" | "running" | "done" | "failed";
  /** 0 to 1, for the upload. */
  progress: number | null;
}

export interface PublishFailure {
  /** Where it stopped. */
  step: PublishStep["name"];
  /** The server's or the runtime's own words. */
  message: string;
  error: unknown;
  /** The version is stored by now; other code needs another version. */
  versionUsed: boolean;
}

interface PublishInput {
  semver: string;
  file: File;
  /** Makes the server first, or finds the one made by an earlier attempt; answers its slug. */
  prepare: (() => Promise<string>) | string;
}

/** Uploads a bundle and publishes it, step by step, so that a person sees how far it came and where it stopped. */
export function usePublishBundle(org: string) {
  const queryClient = useQueryClient();
  const [steps, setSteps] = useState<readonly PublishStep[]>([]);
  const [failure, setFailure] = useState<PublishFailure | null>(null);
  const [operation, setOperation] = useState<Operation | null>(null);
  const running = useRef(false);

  const mark = (name: PublishStep["name"], change: Partial<PublishStep>) =>
    setSteps((current) => current.map((step) => (step.name === name ? { ...step, ...change } : step)));

  /** Answers the slug of the server when the version serves, null when it stopped (see `failure`). */
  const run = async ({ semver, file, prepare }: PublishInput): Promise<string | null> => {
    if (running.current) return null;
    running.current = true;
    setFailure(null);
    setOperation(null);
    const names = [
      ...(typeof prepare === "string" ? [] : ["create" as const]),
      "upload" as const,
      "publish" as const,
    ];
    setSteps(names.map((name) => ({ name, state: "pending", progress: null })));
    let step: PublishStep["name"] = names[0] ?? "upload";
    let versionUsed = false;
    try {
      let server: string;
      if (typeof prepare === "string") server = prepare;
      else {
        mark("create", { state: "running" });
        server = await prepare();
        mark("create", { state: "done" });
      }
      step = "upload";
      mark(step, { state: "running", progress: 0 });
      await uploadVersion({
        org,
        server,
        semver,
        file,
        onProgress: (progress) => mark("upload", { progress }),
      });
      versionUsed = true;
      mark(step, { state: "done", progress: 1 });
      step = "publish";
      mark(step, { state: "running" });
      const ended = await followOperation(
        queryClient,
        org,
        server,
        await publishVersion(org, server, semver),
        setOperation,
      );
      if (ended.state === "failed" || ended.state === "canceled") {
        mark(step, { state: "failed" });
        const message = ended.error ?? `The publish was ${ended.state}.`;
        setFailure({ step, message, error: null, versionUsed: true });
        return null;
      }
      mark(step, { state: "done" });
      return server;
    } catch (error) {
      mark(step, { state: "failed" });
      const taken = error instanceof ApiError && error.code === "conflict" && step === "upload";
      setFailure({ step, message: messageOf(error), error, versionUsed: versionUsed || taken });
      return null;
    } finally {
      running.current = false;
      await queryClient.invalidateQueries({ queryKey: organizationKey(org) });
    }
  };

  return { steps, operation, failure, isRunning: steps.some((step) => step.state === "running"), run };
}
