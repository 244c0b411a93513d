"use client";

import { PageError } from "#components/shell/page-error.tsx";

export default function OrganizationError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return <PageError digest={error.digest} onRetry={reset} />;
}
