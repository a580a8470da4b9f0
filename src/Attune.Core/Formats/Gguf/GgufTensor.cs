namespace Attune.Formats;

/// <summary>A tensor of a GGUF file as its directory has it.</summary>
/// <param name="Info">Name, type as read, row-major shape (GGUF itself stores the sizes reversed).</param>
/// <param name="Type">The type in the file.</param>
/// <param name="Offset">Where its bytes begin, from the file's first byte.</param>
/// <param name="ByteLength">How many bytes it has in the file.</param>
internal sealed record GgufTensor(TensorInfo Info, GgufType Type, long Offset, long ByteLength);
