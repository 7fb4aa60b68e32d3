/** Who has refused a request, as the API server's answer says (engine/refusal). */
export interface Refusal {
  /** A party of engine/refusal, such as `ValidatingPolicy`. */
  readonly by: string;
  /** Fill the party's sentence. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Shows in any cluster what stands behind the refusal. */
  readonly command: string;
}
