import type { Request, Response } from 'express';
import type { MetricsPage } from '../options.ts';

/** `GET /metrics`: what this process counts, for Prometheus. */
export function metrics(page: MetricsPage) {
  return async (_request: Request, response: Response): Promise<void> => {
    const text = await page.text();
    response.set({ 'Content-Type': page.contentType, 'Cache-Control': 'no-store' }).send(text);
  };
}
