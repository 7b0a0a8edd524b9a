import type { QueryClient } from '@tanstack/react-query'
import { type AnyRouter, createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { parseSearch, stringifySearch } from './address.ts'
import { isSignedOut } from './api/query-client.ts'
import { screenModules } from './routes.tsx'
import type { ScreenRoute } from './screen.ts'
import { meQuery } from './session.ts'
import { Shell } from './shell/Shell.tsx'
import { Broken, Loading, NotFound } from './shell/States.tsx'

const page = (load: ScreenRoute['load']) => lazyRouteComponent(async () => ({ default: await load() }))

export function makeRouter(queries: QueryClient) {
  const root = createRootRoute({ component: Outlet })
  const alone = (path: string, load: ScreenRoute['load']) => createRoute({ getParentRoute: () => root, path, component: page(load) })
  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    component: Shell,
    beforeLoad: ({ location }) => admit(queries, location.href),
  })
  const inside = screenModules
    .flatMap(({ routes }) => routes)
    .map(({ path, load }) => createRoute({ getParentRoute: () => shell, path, component: page(load) }))
  const unknown = createRoute({ getParentRoute: () => shell, path: '$', component: NotFound })
  const tree = root.addChildren([
    alone('/sign-in', () => import('./screens/service/identity/SignInScreen.tsx').then(({ SignInScreen }) => SignInScreen)),
    alone('/first-run', () => import('./screens/service/identity/FirstRunScreen.tsx').then(({ FirstRunScreen }) => FirstRunScreen)),
    alone('/new-password', () => import('./screens/service/identity/NewPasswordScreen.tsx').then(({ NewPasswordScreen }) => NewPasswordScreen)),
    shell.addChildren([...inside, unknown]),
  ])
  return createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    defaultPendingMinMs: 200,
    defaultPendingComponent: Loading,
    defaultErrorComponent: Broken,
    scrollRestoration: true,
  })
}

/** Lets in who is signed in (asked once, and again after any act); everyone else signs in first and comes back. Who must change their password does that first. */
async function admit(queries: QueryClient, next: string): Promise<void> {
  const me = await queries.fetchQuery({ ...meQuery, staleTime: Number.POSITIVE_INFINITY }).catch((error: unknown) => {
    if (isSignedOut(error)) throw redirect({ to: '/sign-in', search: next === '/' ? {} : { next } } as never)
    throw error
  })
  if (me.mustChangePassword) throw redirect({ to: '/new-password' } as never)
}

/** Leaves for the sign-in page, from which the person returns to where they were. */
export function toSignIn(router: AnyRouter, queries: QueryClient): void {
  const { pathname, href } = router.state.location
  if (pathname === '/sign-in') return
  queries.clear()
  void router.navigate({ to: '/sign-in', search: { next: href } } as never)
}
