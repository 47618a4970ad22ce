// StartAttachmentUpload as little as it can be: check an HMAC token, read JSON, sign a URL by hand,
// answer. Nothing is stored, counted, limited or logged. The URL is byte for byte the one that
// openparticipant writes for the same input.
'use strict';
const http = require('node:http');
const crypto = require('node:crypto');

const SECRET = process.env.BENCH_SECRET;
const REGION = 'us-east-1';
const LASTING = 900;
const hash = (text) => crypto.createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();

let keyDay = '';
let key = null;
function signingKey(day) {
  if (day !== keyDay) {
    key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${SECRET}`, day), REGION));
    keyDay = day;
  }
  return key;
}

const escape = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function presign(host, path, headers, now) {
  const stamp = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${stamp.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const names = Object.keys(headers).map((name) => [name.toLowerCase(), headers[name]]);
  names.push(['host', host]);
  names.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const signed = names.map(([name]) => name).join(';');
  const query =
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${escape(`BENCH/${scope}`)}` +
    `&X-Amz-Date=${stamp}&X-Amz-Expires=${LASTING}&X-Amz-SignedHeaders=${escape(signed)}`;
  const target = path.split('/').map(escape).join('/');
  const lines = names.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = `PUT\n${target}\n${query}\n${lines}\n${signed}\nUNSIGNED-PAYLOAD`;
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash(canonical)}`;
  const signature = hmac(signingKey(stamp.slice(0, 8)), text).toString('hex');
  return `http://${host}${target}?${query}&X-Amz-Signature=${signature}`;
}

function holder(token) {
  const [contact, expires, given = ''] = (token ?? '').split('.');
  const made = hmac(SECRET, `${contact}.${expires}`).toString('hex');
  if (given.length !== made.length) return null;
  if (!crypto.timingSafeEqual(Buffer.from(given), Buffer.from(made))) return null;
  return Number(expires) > Date.now() ? contact : null;
}

const isText = (value, most) => typeof value === 'string' && value !== '' && value.length <= most;

function start(host, contact, body) {
  const { AttachmentName: name, AttachmentSizeInBytes: size, ContentType: type } = body;
  if (!isText(name, 256) || !isText(type, 255) || !isText(body.ClientToken, 500)) return null;
  if (!Number.isInteger(size) || size < 1) return null;
  const now = new Date();
  const id = crypto.randomUUID();
  const [day, time] = now.toISOString().split('T');
  const path =
    `/attachments/connect/bench/Attachments/chat/staging/${day.replaceAll('-', '/')}/${contact}/` +
    `${id}_${day.replaceAll('-', '')}T${time.slice(0, 5)}_UTC${name.slice(name.lastIndexOf('.'))}`;
  const headers = {
    'Content-Type': type,
    'Content-Length': String(size),
    'Content-Disposition': `attachment; filename="${name}"`,
    'x-amz-acl': 'bucket-owner-full-control',
    'x-amz-meta-contact_id': contact,
    'x-amz-meta-initial_contact_id': contact,
    'x-amz-meta-account_id': '000000000000',
    'x-amz-meta-organization_id': 'bench',
  };
  return {
    AttachmentId: id,
    UploadMetadata: {
      Url: presign(host, path, headers, now),
      UrlExpiry: new Date(now.getTime() + LASTING * 1000).toISOString(),
      HeadersToInclude: headers,
    },
  };
}

function answer(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'x-amzn-RequestId': crypto.randomUUID(),
    'Access-Control-Allow-Origin': '*',
  });
  response.end(text);
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const contact = holder(request.headers['x-amz-bearer']);
    if (!contact) return answer(response, 403, { Message: 'Access denied' });
    let body;
    try {
      body = JSON.parse(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    } catch {
      return answer(response, 400, { Message: 'not JSON' });
    }
    const started = start(`127.0.0.1:${server.address().port}`, contact, body);
    return started ? answer(response, 200, started) : answer(response, 400, { Message: 'invalid' });
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
