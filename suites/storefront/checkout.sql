-- From the cart to the order, as the shop's data layer sends it; every query is planned as its generic plan.

-- name: open-cart :one
SELECT c.id, c.updated_at, sum(i.quantity * v.price) AS total
FROM carts c
LEFT JOIN cart_items i ON i.cart_id = c.id
LEFT JOIN product_variants v ON v.id = i.variant_id
WHERE c.customer_id = :customer_id AND c.status = 'open'
GROUP BY c.id;

-- name: create-cart :one
INSERT INTO carts (id, customer_id)
VALUES (gen_random_uuid(), :customer_id)
ON CONFLICT (customer_id) WHERE status = 'open' DO UPDATE SET updated_at = now()
RETURNING id;

-- name: add-to-cart :exec
INSERT INTO cart_items (cart_id, variant_id, quantity)
VALUES (:cart_id, :variant_id, :quantity)
ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity;

-- name: place-order :one
INSERT INTO orders (order_number, customer_id, channel, country, currency, total, coupon_id, shipping_address_id)
SELECT :order_number, c.customer_id, 'web', a.country, n.currency, sum(i.quantity * v.price), :coupon_id::int, a.id
FROM carts c
JOIN cart_items i ON i.cart_id = c.id
JOIN product_variants v ON v.id = i.variant_id
JOIN addresses a ON a.customer_id = c.customer_id AND a.kind = 'shipping' AND a.is_default
JOIN countries n ON n.code = a.country
WHERE c.id = :cart_id
GROUP BY c.customer_id, a.id, n.currency
RETURNING id;

-- name: order-items-from-cart :exec
INSERT INTO order_items (order_id, line, variant_id, quantity, unit_price)
SELECT :order_id::bigint, row_number() OVER (ORDER BY i.variant_id), i.variant_id, i.quantity, v.price
FROM cart_items i
JOIN product_variants v ON v.id = i.variant_id
WHERE i.cart_id = :cart_id;

-- name: reserve-stock :exec
UPDATE inventory s
SET reserved = s.reserved + i.quantity, updated_at = now()
FROM order_items i
WHERE i.order_id = :order_id AND s.variant_id = i.variant_id AND s.warehouse_id = :warehouse_id;

-- name: redeem-coupon :one
UPDATE coupons SET redeemed = redeemed + 1
WHERE code = upper(:code) AND valid @> now()
RETURNING id, percent;

-- name: record-payment :one
INSERT INTO payments (order_id, method, status, amount, provider_reference)
VALUES (:order_id, :method, 'authorized', :amount, :reference)
RETURNING id;

-- name: mark-orders-paid :exec
UPDATE orders o
SET status = 'paid', updated_at = now()
FROM payments p
WHERE p.order_id = o.id AND p.status = 'captured' AND o.status = 'pending' AND o.placed_at >= now() - interval '1 day';

-- name: next-orders-to-pack :many
SELECT id, order_number, shipping_address_id
FROM orders
WHERE status = 'paid' AND placed_at >= now() - interval '14 days'
ORDER BY placed_at
LIMIT :batch
FOR UPDATE SKIP LOCKED;

-- name: abandon-carts :exec
UPDATE carts SET status = 'abandoned'
WHERE status = 'open' AND updated_at < now() - interval '30 days';

-- name: purge-carts :exec
DELETE FROM cart_items
WHERE cart_id IN (SELECT id FROM carts WHERE status = 'abandoned' AND updated_at < now() - interval '300 days' LIMIT 1000);

-- name: purge-sessions :exec
DELETE FROM sessions
WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() ORDER BY expires_at LIMIT :batch);
