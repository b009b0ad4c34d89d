/** What a person is called: by name where they gave one. */
export function personName(person: { name: string; email: string }): string {
  return person.name.trim() || person.email;
}

/** The letter that stands for a name. */
export function initial(name: string): string {
  return ([...name.trim()][0] ?? "·").toUpperCase();
}
