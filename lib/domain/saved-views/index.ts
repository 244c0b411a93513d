/** Filters of a log under a name: everybody's own, and those shared with the organization. */
export { createSavedView } from "./create-saved-view.ts";
export { deleteSavedView } from "./delete-saved-view.ts";
export { listSavedViews } from "./list-saved-views.ts";
