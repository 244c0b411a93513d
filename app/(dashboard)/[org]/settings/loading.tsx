import { CardsSkeleton } from "#components/shell/cards-skeleton.tsx";

export default function Loading() {
  return <CardsSkeleton />;
}
