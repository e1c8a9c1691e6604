/** What stands behind each section of the administration screen. */
import type { Component } from 'vue';
import type { AdministrationPart } from '../../../contract/administration.ts';
import ActivitySection from '../activity/ActivitySection.vue';
import DirectorySection from '../directory/DirectorySection.vue';
import GroupsSection from '../groups/GroupsSection.vue';
import OrganisationSection from '../organisation/OrganisationSection.vue';
import VaultTypesSection from '../organisation/VaultTypesSection.vue';
import PeopleSection from '../people/PeopleSection.vue';
import RequestsSection from '../requests/RequestsSection.vue';
import RolesSection from '../roles/RolesSection.vue';
import RosterSection from '../roster/RosterSection.vue';

export const sections: Readonly<Partial<Record<AdministrationPart, Component>>> = {
  requests: RequestsSection,
  people: PeopleSection,
  roster: RosterSection,
  groups: GroupsSection,
  roles: RolesSection,
  vaultTypes: VaultTypesSection,
  directory: DirectorySection,
  activity: ActivitySection,
  organisation: OrganisationSection,
};
