import type { ReactNode } from "react";
import { BrandMark } from "#components/shell/brand-mark.tsx";

/** The page around one form for people who are not signed in. */
export function AuthFrame({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-sm content-start px-4 pt-[14vh] pb-10">
      <div className="mb-5 flex items-center gap-2 font-semibold">
        <BrandMark className="size-6" />
        MCP Stack
      </div>
      <h1 className="font-semibold text-xl tracking-[-0.012em]">{title}</h1>
      {description ? <p className="mt-1 text-balance text-muted">{description}</p> : null}
      <div className="mt-5">{children}</div>
    </main>
  );
}
