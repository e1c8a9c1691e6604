/**
 * The people of the sample organisation. Their credentials are fixed and published: they
 * open nothing but the sample, which is why the server prints them with `--demo`.
 */

export type GroupName = 'Системные администраторы' | 'Finance' | 'Marketing';

export interface SamplePerson {
  login: string;
  email: string;
  fullName: string;
  password: string;
  /** Null without client-side encryption. */
  masterPassword: string | null;
  role: 'administrator' | 'user';
  groups: readonly GroupName[];
  /** A pair of the years before 2020: RSA-1024, PKCS#1 PEM without a last line break. */
  hasOldKeys?: boolean;
}

const person = (
  login: string,
  fullName: string,
  role: SamplePerson['role'],
  groups: readonly GroupName[],
  word: string,
): SamplePerson => ({
  login,
  email: `${login}@severny-veter.example`,
  fullName,
  password: `demo-${word}-Login-1`,
  masterPassword: `demo-${word}-Master-password-1`,
  role,
  groups,
});

export const organisationName = 'Северный ветер / North Wind';
export const groupNames: readonly GroupName[] = ['Системные администраторы', 'Finance', 'Marketing'];

/** Two administrators, the first of whom owns the organisation, and eight users. */
export const people: readonly SamplePerson[] = [
  person('anna.orlova', 'Анна Орлова', 'administrator', ['Системные администраторы'], 'orlova'),
  person('daniel.weber', 'Daniel Weber', 'administrator', ['Системные администраторы'], 'weber'),
  person('ivan.petrov', 'Иван Петров', 'user', ['Системные администраторы'], 'petrov'),
  person('sofia.lindqvist', 'Sofia Lindqvist', 'user', ['Системные администраторы'], 'lindqvist'),
  person('maria.kuznetsova', 'Мария Кузнецова', 'user', ['Finance'], 'kuznetsova'),
  person('thomas.okafor', 'Thomas Okafor', 'user', ['Finance'], 'okafor'),
  person('elena.smirnova', 'Елена Смирнова', 'user', ['Marketing'], 'smirnova'),
  person('lucas.moreau', 'Lucas Moreau', 'user', ['Marketing'], 'moreau'),
  person('olga.vasileva', 'Ольга Васильева', 'user', [], 'vasileva'),
  { ...person('pavel.morozov', 'Павел Морозов', 'user', [], 'morozov'), hasOldKeys: true },
];

/** The owner of a second organisation, which has no client-side encryption. */
export const plainOrganisationName = 'Harbour Street Studio';
export const plainPerson: SamplePerson = {
  login: 'nina.harbour',
  email: 'nina@harbour-street.example',
  fullName: 'Nina Harbour',
  password: 'demo-harbour-Login-1',
  masterPassword: null,
  role: 'administrator',
  groups: [],
};

/** The accounts as the server prints them with `--demo`. */
export function demoAccounts() {
  return [...people, plainPerson].map(({ login, password, masterPassword, role }) => ({
    ...{ login, password, masterPassword, role },
  }));
}
