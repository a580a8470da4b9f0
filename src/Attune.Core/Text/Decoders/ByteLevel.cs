using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>Reads the byte alphabet back; a token with any other character stands for itself. What is not UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevel(bool addPrefixSpace, bool trimOffsets, bool useRegex) : IDecoder
{
    public static ByteLevel Read(Part part) => new(part.Bool("add_prefix_space"), part.Bool("trim_offsets"), part.Bool("use_regex", true));

    public List<string> Decode(List<string> tokens) => [System.Text.Encoding.UTF8.GetString(Bytes(tokens))];

    public void Write(Utf8JsonWriter json) => PreTokenizers.ByteLevel.Write(json, addPrefixSpace, trimOffsets, useRegex);

    /// <summary>The bytes that tokens stand for.</summary>
    public static byte[] Bytes(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            int before = bytes.Count;
            foreach (char unit in token)
            {
                int value = ByteAlphabet.Byte(unit);
                if (value < 0)
                {
                    bytes.RemoveRange(before, bytes.Count - before);
                    bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(token));
                    break;
                }

                bytes.Add((byte)value);
            }
        }

        return bytes.ToArray();
    }
}
