import { Handle, Position } from "@xyflow/react";
import { memo } from "react";
import { outletY, PORT_Y } from "~/core/layout/sizes";
import type { DocumentNode } from "~/core/document/document";
import { isContainer, type Port, type PortType, takenBy } from "~/core/nodes/kinds";
import { useSession } from "../session/hooks";

const SHAPES: Record<PortType, string> = {
  json: "rounded-[1px]!",
  text: "rounded-full! bg-(--track)!",
  list: "rotate-45! rounded-[1px]!",
  file: "[clip-path:polygon(0_0,100%_50%,0_100%)] rounded-none!",
  any: "rounded-full!",
};
const LOOK =
  "size-3! border-2! border-(--track)! bg-node! before:absolute before:-inset-2 before:content-[''] [.connecting_&.connectingto]:border-signal! [&.valid]:bg-signal! [&.valid]:border-signal!";

/** Where tracks arrive and leave. Their shape says what goes over them: square JSON, disc text, diamond list, ring anything. */
export const Ports = memo(function Ports({ node, outlets }: { node: DocumentNode; outlets: Port[] }) {
  const { catalogue } = useSession();
  const taken = takenBy(node, catalogue.types.get(node.type));
  const top = isContainer(node.type) ? 16 : PORT_Y;
  return (
    <>
      {node.type === "start" ? null : (
        <Handle type="target" id="in" position={Position.Left} className={`${LOOK} ${SHAPES[taken]}`} style={{ top }} />
      )}
      {node.type === "end"
        ? null
        : outlets.map(({ name, type }, index) => (
            <Handle
              key={name}
              type="source"
              id={name}
              position={Position.Right}
              className={`${LOOK} ${SHAPES[type]}`}
              style={{ top: isContainer(node.type) ? 16 : outletY(node, index, outlets.length > 1) }}
            />
          ))}
    </>
  );
});
