import { Injectable } from '@nestjs/common';
import axios from 'axios';

@Injectable()
export class BillingService {
  private readonly base = process.env.BILLING_URL ?? 'http://billing';

  /** What is still open of an account. */
  async balance(account: string): Promise<number> {
    const answer = await axios.get(`${this.base}/accounts/${account}`);
    return answer.data.balance;
  }
}
