// The usual way to hand out upload URLs in Node: AWS's own presigner behind node:http. No token is
// checked and nothing is stored.
'use strict';
const http = require('node:http');
const crypto = require('node:crypto');
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');

const client = new S3Client({
  region: 'us-east-1',
  endpoint: 'http://127.0.0.1:9000',
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  credentials: { accessKeyId: 'BENCH', secretAccessKey: 'bench' },
});

async function start({ AttachmentName: name, AttachmentSizeInBytes: size, ContentType: type }) {
  const id = crypto.randomUUID();
  const command = new PutObjectCommand({
    Bucket: 'attachments',
    Key: `connect/bench/${id}_${name}`,
    ContentType: type,
    ContentLength: size,
    ContentDisposition: `attachment; filename="${name}"`,
  });
  const url = await getSignedUrl(client, command, {
    expiresIn: 900,
    signableHeaders: new Set(['content-type', 'content-length', 'content-disposition', 'host']),
  });
  const headers = {
    'Content-Type': type,
    'Content-Length': String(size),
    'Content-Disposition': `attachment; filename="${name}"`,
  };
  const expiry = new Date(Date.now() + 900_000).toISOString();
  return { AttachmentId: id, UploadMetadata: { Url: url, UrlExpiry: expiry, HeadersToInclude: headers } };
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const text = JSON.stringify(await start(JSON.parse(Buffer.concat(chunks))));
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
