import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { RedisClient } from '../common/redis.client';

const RELEASE = `
if redis.call("get", KEYS[1]) == ARGV[1] then
  return redis.call("del", KEYS[1])
end
return 0`;

@Injectable()
export class SettlementService {
  constructor(private readonly redis: RedisClient) {}

  async settle(id: string): Promise<boolean> {
    const key = `settlement:${id}:lock`;
    const token = randomUUID();
    const taken = await this.redis.connection.set(key, token, 'NX');
    if (taken !== 'OK') {
      return false;
    }
    try {
      await this.redis.connection.hset(`order:${id}`, 'state', 'settled');
      return true;
    } finally {
      await this.redis.connection.eval(RELEASE, 1, key, token);
    }
  }
}
