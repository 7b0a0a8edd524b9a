import './no-code-from-text.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { UiProvider } from '@zhenghe/ui/UiProvider.tsx'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from './api/query-client.ts'
import { makeRouter, toSignIn } from './router.tsx'
import { shellWords } from './texts/shell.ts'

const queries = makeQueryClient(() => toSignIn(router, queries))
const router = makeRouter(queries)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <UiProvider product={shellWords.product}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </UiProvider>
  </StrictMode>,
)
