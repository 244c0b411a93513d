"use client";

import { type RefObject, useEffect, useState } from "react";

/** True while the beginning of `top` has been scrolled out of sight upwards: somebody reads further down. */
export function useScrolledPast(top: RefObject<HTMLElement | null>): boolean {
  const [isPast, setPast] = useState(false);
  // External system: the scroll position.
  useEffect(() => {
    const element = top.current;
    if (element === null) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry) setPast(!entry.isIntersecting && entry.boundingClientRect.top < 0);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [top]);
  return isPast;
}
