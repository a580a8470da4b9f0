using System.Text;

namespace Attune.Verification;

/// <summary>Tortures a reader of JSON with damaged forms of good documents.</summary>
/// <param name="name">What is read.</param>
/// <param name="seeds">Good documents.</param>
/// <param name="read">The reader: bytes, and a name for messages.</param>
internal sealed class JsonTorture(string name, IReadOnlyList<string> seeds, Action<byte[], string> read) : ITortureTarget
{
    public string Name => name;

    public byte[] Make(Random random)
    {
        byte[] json = JsonMutator.Mutate(random, Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Count)]));
        return random.Next(8) == 0 ? ByteMutator.Damage(random, json) : json;
    }

    public void Read(byte[] input) => read(input, name);
}
