"use client";

import { type RefObject, useLayoutEffect, useState } from "react";

/** Inner size of an element, kept up to date. */
export function useBox(element: RefObject<HTMLElement | null>): { widthPx: number; heightPx: number } {
  const [box, setBox] = useState({ widthPx: 0, heightPx: 0 });
  // External system: layout.
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const read = () => {
      const { clientWidth: widthPx, clientHeight: heightPx } = target;
      setBox((last) =>
        last.widthPx === widthPx && last.heightPx === heightPx ? last : { widthPx, heightPx },
      );
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return box;
}

const SAMPLE_CHARACTERS = 100;

/** Width of one character in the monospaced font of an element, as soon as it is known. */
export function useCharacterWidth(element: RefObject<HTMLElement | null>): number {
  const [widthPx, setWidthPx] = useState(0);
  // External system: layout and fonts.
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    let isGone = false;
    const measure = () => {
      if (isGone) return;
      const sample = document.createElement("span");
      sample.textContent = "0".repeat(SAMPLE_CHARACTERS);
      sample.className = "invisible absolute whitespace-pre";
      target.append(sample);
      setWidthPx(sample.getBoundingClientRect().width / SAMPLE_CHARACTERS);
      sample.remove();
    };
    measure();
    void document.fonts.ready.then(measure);
    return () => {
      isGone = true;
    };
  }, [element]);
  return widthPx;
}
