import type { RouteObject } from 'react-router'

import { Frame } from './components/frame/Frame'
import { CrashPage, NotFoundPage } from './pages/NotFoundPage'
import { SignInPage } from './pages/SignInPage'

// Pages are loaded when they are first opened; sign-in and the frame are there at once.
export const routes: RouteObject[] = [
  { path: '/sign-in', element: <SignInPage />, errorElement: <CrashPage /> },
  {
    path: '/',
    element: <Frame />,
    errorElement: <CrashPage />,
    // Shown while the first page's code is on its way: the frame would only flash.
    HydrateFallback: () => null,
    children: [
      {
        errorElement: <CrashPage />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('./pages/HomePage')).HomePage }) },
          {
            path: 'search',
            lazy: async () => ({ Component: (await import('./pages/SearchPage')).SearchPage }),
          },
          {
            path: 'files',
            lazy: async () => ({ Component: (await import('./pages/ChooseDatasetPage')).ChooseDatasetPage }),
          },
          {
            path: 'files/:dataset',
            lazy: async () => ({ Component: (await import('./pages/FilesPage')).FilesPage }),
          },
          {
            path: 'snapshots/:dataset?',
            lazy: async () => ({ Component: (await import('./pages/SnapshotsPage')).SnapshotsPage }),
          },
          {
            path: 'activity',
            lazy: async () => ({ Component: (await import('./pages/ActivityPage')).ActivityPage }),
          },
          {
            path: 'activity/audit',
            lazy: async () => ({ Component: (await import('./pages/AuditPage')).AuditPage }),
          },
          {
            path: 'activity/:id',
            lazy: async () => ({ Component: (await import('./pages/JobPage')).JobPage }),
          },
          {
            path: 'index',
            lazy: async () => ({ Component: (await import('./pages/IndexPage')).IndexPage }),
          },
          {
            path: 'settings/:section?',
            lazy: async () => ({ Component: (await import('./pages/SettingsPage')).SettingsPage }),
          },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]
