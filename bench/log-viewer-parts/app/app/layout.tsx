import "./bench.css";
import type { ReactNode } from "react";
import { mono, sans } from "#app/fonts.ts";
import { Providers } from "#components/shell/providers.tsx";

export default async function BenchLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" data-theme="system" className={`${sans.variable} ${mono.variable}`}>
      <body>
        <Providers renderedAtMs={Date.now()}>{children}</Providers>
      </body>
    </html>
  );
}
