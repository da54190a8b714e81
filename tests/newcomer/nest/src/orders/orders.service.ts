import { Injectable } from '@nestjs/common';
import { BillingService } from '../billing/billing.service';

@Injectable()
export class OrdersService {
  constructor(private readonly billing: BillingService) {}

  async open(account: string): Promise<number> {
    return Math.max(0, await this.billing.balance(account));
  }
}
