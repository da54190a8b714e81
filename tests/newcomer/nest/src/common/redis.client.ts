import { Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import Redis from 'ioredis';

@Injectable()
export class RedisClient implements OnModuleDestroy {
  private readonly logger = new Logger(RedisClient.name);
  readonly connection = new Redis(process.env.REDIS_URL ?? 'redis://localhost:6379');

  constructor() {
    this.connection.on('error', (error) => this.logger.error(error));
  }

  async onModuleDestroy(): Promise<void> {
    await this.connection.quit();
  }
}
