import { PageBodySkeleton } from "#components/shell/page-body-skeleton.tsx";

export default function Loading() {
  return <PageBodySkeleton />;
}
