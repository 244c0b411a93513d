import { History } from "lucide-react";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { NoMatch, NoSuchPage } from "./empty-page.tsx";

interface NoRequestsProps {
  isBehindTheEnd: boolean;
  isNarrowed: boolean;
  keepsHistory: boolean;
  toolsHref: string;
  onFirst: () => void;
  onReset: () => void;
  onWiden: () => void;
}

/** Why a page of the request log is empty, and what to do next. */
export function NoRequests(props: NoRequestsProps) {
  if (props.isBehindTheEnd) return <NoSuchPage rows="requests" onFirst={props.onFirst} />;
  if (props.isNarrowed) return <NoMatch row="request" onReset={props.onReset} />;
  return (
    <EmptyState
      icon={History}
      title={props.keepsHistory ? "No request in this window" : "Nothing is stored"}
      action={
        <>
          <Button asChild variant="primary">
            <Link href={props.toolsHref}>Try a tool</Link>
          </Button>
          {props.keepsHistory ? <Button onClick={props.onWiden}>Look at 7 days</Button> : null}
        </>
      }
    >
      {props.keepsHistory
        ? "Every call of this server appears here with its outcome, duration and size."
        : "With a retention of a day or more, every call is kept here with its outcome, duration and size."}
    </EmptyState>
  );
}
