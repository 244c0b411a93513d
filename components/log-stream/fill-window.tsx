"use client";

import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

/** A box that fills what the page above it leaves of the window. */
export function FillWindow({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [topPx, setTopPx] = useState(160);
  // External system: layout. The head above wraps as it needs.
  useLayoutEffect(() => {
    const measure = () =>
      setTopPx(Math.round((box.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} className="min-h-96" style={{ height: `calc(100dvh - ${topPx}px)` }}>
      {children}
    </div>
  );
}
