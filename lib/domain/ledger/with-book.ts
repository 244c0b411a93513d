import type { TransactionSql } from "postgres";
import { notFound } from "#lib/kernel/errors.ts";
import type { Book, Posting } from "./book.ts";
import { closeBooks } from "./close-books.ts";
import { openBooks } from "./open-books.ts";

/** Opens the books of one organization, does something with them and writes it. Throws `not_found` without one. */
export async function withBook<Result>(
  sql: TransactionSql,
  organizationId: string,
  posting: Posting,
  body: (book: Book) => Promise<Result>,
): Promise<Result> {
  const book = (await openBooks(sql, [organizationId], posting)).get(organizationId);
  if (!book) throw notFound("organization");
  const result = await body(book);
  await closeBooks(sql, [book], posting);
  return result;
}
