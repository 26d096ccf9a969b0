import type { Grant, UserGrants } from '../../api/types'

/** A line of the table of granted datasets. To see is part of every one. */
export type GrantRow = { dataset: string; beneath: boolean; inPlace: boolean; elsewhere: boolean }

/** A line as it begins: to see and to get back what was lost, with what lies beneath. */
export function newRow(dataset: string): GrantRow {
  return { dataset, beneath: true, inPlace: true, elsewhere: false }
}

export function rowOf({ dataset, beneath, rights }: Grant): GrantRow {
  return {
    dataset,
    beneath: beneath ?? false,
    inPlace: rights.includes('restore_in_place'),
    elsewhere: rights.includes('restore_elsewhere'),
  }
}

export function grantsOf(restricted: boolean, rows: GrantRow[]): UserGrants {
  return {
    restricted,
    grants: rows.map(({ dataset, beneath, inPlace, elsewhere }) => ({
      dataset,
      beneath,
      rights: [
        'browse' as const,
        ...(inPlace ? (['restore_in_place'] as const) : []),
        ...(elsewhere ? (['restore_elsewhere'] as const) : []),
      ],
    })),
  }
}
