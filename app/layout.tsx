import "./globals.css";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "#components/shell/providers.tsx";
import { isTheme, THEME_COOKIE } from "#components/shell/theme-cookie.ts";
import { mono, sans } from "./fonts.ts";

export const metadata: Metadata = {
  title: { default: "MCP Stack", template: "%s · MCP Stack" },
  description: "Run, watch and trust your MCP servers in production.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fafbfd" },
    { media: "(prefers-color-scheme: dark)", color: "#0d0e11" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const chosen = (await cookies()).get(THEME_COOKIE)?.value;
  return (
    <html
      lang="en"
      data-theme={isTheme(chosen) ? chosen : "system"}
      className={`${sans.variable} ${mono.variable}`}
    >
      <body>
        <Providers renderedAtMs={Date.now()}>{children}</Providers>
      </body>
    </html>
  );
}
