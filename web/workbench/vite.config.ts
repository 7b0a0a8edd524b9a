import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './compressed.ts'

const API = process.env.ZHENGHE_API ?? 'http://127.0.0.1:7300'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react(), compressed()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 3 },
            { name: 'zod', test: /node_modules\/zod\/|no-code-from-text/, priority: 2 },
            // wire/sm2.ts and its library come with the first SM2 key
            { name: 'contracts', test: /\/(server|wire)\/(?!.*node_modules|sm2\.ts$).*\.ts$/, priority: 1 },
            { name: 'ui', test: /\/web\/(ui|workbench\/(api|hooks|texts))\//, priority: 1 },
            { name: 'icons', test: /node_modules\/@ant-design\/icons/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '^/api/(?!.*\\.ts)': API } }, // our own api/*.ts are sources
})
