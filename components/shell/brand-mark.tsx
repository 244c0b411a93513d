/** The product's mark: a stack. */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g fill="none" className="stroke-bg" strokeWidth="2.6" strokeLinejoin="round" strokeLinecap="round">
        <path d="M16 7 25 11.6 16 16.2 7 11.6Z" className="fill-bg" />
        <path d="m7 16.4 9 4.6 9-4.6" />
        <path d="m7 21 9 4.6 9-4.6" opacity=".6" />
      </g>
    </svg>
  );
}
