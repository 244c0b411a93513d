import { type ComponentProps, cloneElement, isValidElement } from "react";
import { cn } from "./class-names.ts";
import { Spinner } from "./spinner.tsx";

const BASE =
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:shrink-0";

const VARIANTS = {
  secondary:
    "border-line bg-surface text-fg shadow-button hover:bg-raised aria-expanded:bg-raised data-[state=open]:bg-raised",
  primary: "border-transparent bg-fg text-bg shadow-button hover:bg-fg/88",
  ghost:
    "border-transparent text-muted hover:bg-raised hover:text-fg aria-expanded:bg-raised aria-expanded:text-fg data-[state=open]:bg-raised data-[state=open]:text-fg",
  danger: "border-transparent bg-fail-solid text-[oklch(1_0_0)] shadow-button hover:bg-fail-solid/90",
  "danger-quiet": "border-line bg-surface text-fail shadow-button hover:border-fail/40 hover:bg-fail/8",
} as const;

const SIZES = {
  sm: "h-7 px-2.5 text-xs [&_svg]:size-3.5",
  md: "h-8 px-3 text-sm [&_svg]:size-4",
  lg: "h-9 px-4 text-sm [&_svg]:size-4",
  icon: "size-8 [&_svg]:size-4",
  "icon-sm": "size-7 [&_svg]:size-3.5",
} as const;

interface ButtonLook {
  variant?: keyof typeof VARIANTS | undefined;
  size?: keyof typeof SIZES | undefined;
}

/** The classes of a button, for elements that only look like one. */
export const buttonStyle = ({ variant = "secondary", size = "md" }: ButtonLook = {}): string =>
  `${BASE} ${VARIANTS[variant]} ${SIZES[size]}`;

type ButtonProps = ComponentProps<"button"> &
  ButtonLook & {
    /** Gives the one child, a link, the look of a button instead of rendering a button. */
    asChild?: boolean;
    /** Shows a spinner and refuses clicks, keeping its width and its name. */
    pending?: boolean;
  };

/** The one button. It never submits a form unless told so by `type="submit"`. */
export function Button({
  variant,
  size,
  asChild,
  pending = false,
  className,
  children,
  disabled,
  type,
  ...props
}: ButtonProps) {
  const style = cn(buttonStyle({ variant, size }), className);
  if (asChild && isValidElement<{ className?: string }>(children)) {
    return cloneElement(children, { ...props, className: cn(style, children.props.className) });
  }
  return (
    <button
      type={type ?? "button"}
      className={style}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      {...props}
    >
      {pending ? <Spinner /> : null}
      {children}
    </button>
  );
}
