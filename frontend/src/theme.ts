import { createTheme, type CSSVariablesResolver } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'blue',
  // Shades that keep white text on a button at AA contrast.
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1.0625rem' } } },
  components: {
    Modal: { defaultProps: { transitionProps: { duration: 120 }, centered: false, yOffset: '6vh' } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Tooltip: {
      defaultProps: {
        openDelay: 300,
        multiline: true,
        maw: 320,
        events: { hover: true, focus: true, touch: true },
      },
    },
    Select: { defaultProps: { comboboxProps: { transitionProps: { duration: 0 } } } },
  },
})

/** For fields that hold a name or secret which is copied letter by letter. */
export const MONOSPACE = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } }

/** Colours with a meaning. Time has one of its own; the three of state are used for state alone. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#56606b',
    '--mantine-color-placeholder': '#68727d',
    '--mantine-color-error': '#b42318',
    '--nm-surface': '#f6f7f9',
    '--nm-line': '#dfe3e8',
    '--nm-hover': '#eef1f5',
    '--nm-match': '#ffe9a8',
    '--nm-chosen': '#dbe7fb',
    '--nm-time': '#7a3fc4',
    '--nm-time-soft': '#b99be0',
    '--nm-well': '#1e7d3c',
    '--nm-attention': '#a35a00',
    '--nm-fault': '#b42318',
  },
  dark: {
    '--mantine-color-body': '#16191d',
    '--mantine-color-text': '#d9dde3',
    '--mantine-color-dimmed': '#a2acb8',
    '--mantine-color-placeholder': '#98a2ae',
    '--mantine-color-error': '#ff8f85',
    '--mantine-color-anchor': '#7fb2f5',
    '--nm-surface': '#1d2126',
    '--nm-line': '#343a42',
    '--nm-hover': '#242a31',
    '--nm-match': '#5c4a12',
    '--nm-chosen': '#213a5c',
    '--nm-time': '#c39bf2',
    '--nm-time-soft': '#7d61a3',
    '--nm-well': '#5fc37f',
    '--nm-attention': '#f0b155',
    '--nm-fault': '#ff8f85',
  },
})
