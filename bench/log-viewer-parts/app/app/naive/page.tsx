import { NaiveList } from "./naive-list.tsx";

/** The list that the viewer is compared with. */
export default function NaivePage() {
  return <NaiveList />;
}
