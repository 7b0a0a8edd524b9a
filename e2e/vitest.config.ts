import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    root: new URL('..', import.meta.url).pathname,
    globalSetup: ['./e2e/city.ts'],
    isolate: false,
    fileParallelism: false,
    maxWorkers: 1,
    retry: 1, // a browser beside other work now and then loses a page; what fails twice is broken
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
