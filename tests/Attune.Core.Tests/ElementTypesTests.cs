using Attune.Formats;

namespace Attune;

public sealed class ElementTypesTests
{
    [Fact]
    public void A_tensor_knows_its_bytes() => Assert.Equal(24, new TensorInfo("w", ElementType.F32, [2, 3]).ByteLength);
}
