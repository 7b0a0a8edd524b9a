import { desk } from './kernel/desk/module.ts'
import type { Module } from './kernel/module.ts'

/** The platform, in the order that is its architecture: a module may use the kernel and the modules above it. */
export const modules = {
  'kernel/desk': desk,
} as unknown as Record<string, Module>
