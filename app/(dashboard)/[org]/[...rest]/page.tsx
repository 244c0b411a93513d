import { notFound } from "next/navigation";

/** An address that no page has, inside the shell. */
export default function NothingHere() {
  notFound();
}
