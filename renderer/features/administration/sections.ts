/** What stands behind each section of the administration screen. */
import type { Component } from 'vue';
import type { AdministrationPart } from '../../../contract/administration.ts';

export const sections: Readonly<Partial<Record<AdministrationPart, Component>>> = {};
